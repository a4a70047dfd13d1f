"use strict";

/* The front page: who is here, and what is running. Plain DOM, no library, texts only ever as text. */

const REFRESH_MS = 3000;
const STATES = {
  running: ["i-loader-circle", "Running"],
  waiting: ["i-hourglass", "Waiting"],
  queued: ["i-circle-dashed", "Queued"],
  completed: ["i-circle-check", "Completed"],
  completed_with_errors: ["i-circle-alert", "Completed with errors"],
  failed: ["i-circle-x", "Failed"],
  cancelled: ["i-circle-slash", "Cancelled"],
};
const at = (id) => document.getElementById(id);
let timer = 0;

class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(`/api/${path}`, options);
  const content = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Refused(answer.status, content.detail);
  return content;
}

function make(tag, className, ...parts) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...parts);
  return element;
}

function icon(name, isTurning) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", isTurning ? "i i--14 spin" : "i i--14");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

function state(status, text, isChip) {
  const [name, word] = STATES[status];
  const classes = `state ${isChip ? "state--chip " : ""}num s-${status}`;
  return make("span", classes, icon(name, status === "running"), text ? `${text} ${word.toLowerCase()}` : word);
}

function duration(ms) {
  if (ms === null) return "";
  if (ms < 1000) return `${Math.max(1, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

function ago(text) {
  const seconds = Math.max(0, (Date.now() - Date.parse(text)) / 1000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} days ago`;
}

function show(id) {
  for (const view of ["setup", "login", "status"]) at(view).hidden = view !== id;
  at("person").hidden = id !== "status";
  const first = at(id).querySelector("input:placeholder-shown, input");
  const empty = [...at(id).querySelectorAll("input")].find((input) => !input.value);
  (empty ?? first)?.focus();
}

function fact(name, value) {
  return make("div", "", make("dt", "", name), make("dd", "num", String(value)));
}

function row(run, names) {
  const status = state(run.status);
  if (run.error) status.title = run.error;
  const started = make("td", "r num dim", ago(run.created_at));
  started.title = run.created_at;
  const link = make("a", "a mono", run.run_id.slice(-12));
  link.href = `/api/runs/${encodeURIComponent(run.run_id)}`;
  return make(
    "tr", "",
    make("td", "", names[run.graph_id] ?? "Deleted graph"),
    make("td", "", status),
    make("td", "r num", duration(run.duration_ms)),
    started,
    make("td", "hide-narrow", link),
  );
}

function paint(status) {
  at("version").textContent = status.version;
  at("uptime").textContent = `up ${duration(status.uptime_s * 1000)}`;
  at("facts").replaceChildren(
    fact("Database", status.database === "embedded" ? "Embedded" : "External"),
    fact("Workers alive", status.workers),
    fact("Waiting in queue", status.queue),
    fact("Open reviews", status.open_reviews),
    fact("Blocks", status.blocks),
  );
  const counts = Object.keys(STATES).filter((name) => status.runs[name]);
  at("counts").replaceChildren(...counts.map((name) => state(name, status.runs[name].toLocaleString("en"), true)));
  at("rows").replaceChildren(...status.last_runs.map((run) => row(run, status.graph_names)));
  at("runs").hidden = status.last_runs.length === 0;
  at("no-runs").hidden = status.last_runs.length > 0;
}

function say(text) {
  at("away").hidden = !text;
  at("away-text").textContent = text;
}

async function refresh() {
  clearTimeout(timer);
  try {
    paint(await ask("status"));
    say("");
  } catch (error) {
    if (error.status === 401) return start();
    say(error.status ? error.message : "Blockyard does not answer. What is below may be old.");
  }
  timer = setTimeout(refresh, document.hidden ? 10 * REFRESH_MS : REFRESH_MS);
}

async function start() {
  clearTimeout(timer);
  try {
    at("person-name").textContent = (await ask("auth/me")).name;
    await refresh();
    show("status");
  } catch (error) {
    if (error.status !== 401) return say(error.status ? error.message : "Blockyard does not answer.");
    show((await ask("setup")).is_open ? "setup" : "login");
  }
}

function handle(id, path) {
  const form = at(id);
  const refusal = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    refusal.hidden = true;
    try {
      await ask(path, Object.fromEntries(new FormData(form)));
      form.reset();
      await start();
    } catch (error) {
      refusal.hidden = false;
      refusal.lastElementChild.textContent = error.status ? error.message : "Blockyard does not answer.";
    } finally {
      button.disabled = false;
    }
  });
}

function takeToken() {
  const found = /^#setup=(.+)$/.exec(location.hash);
  if (!found) return;
  at("setup").elements.token.value = decodeURIComponent(found[1]);
  history.replaceState(null, "", "/");
}

handle("setup", "setup");
handle("login", "auth/login");
at("log-out").addEventListener("click", async () => {
  await ask("auth/logout", {});
  await start();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !at("status").hidden) refresh();
});
takeToken();
start();
