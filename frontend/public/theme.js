// Before the first paint: the theme that the person chose, else the system's.
const chosen = localStorage.getItem("blockyard.theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
