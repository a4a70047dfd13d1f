// The actions of the audit log in words.

const ACTIONS: Record<string, string> = {
  "auth.setup": "Set up the installation",
  "auth.login": "Logged in",
  "auth.login_failed": "Failed to log in",
  "auth.logout": "Logged out",
  "auth.password_change": "Changed their password",
  "session.end": "Logged out another browser",
  "user.create": "Added a person",
  "user.change": "Changed a person",
  "user.reset_password": "Made somebody a new password",
  "api_key.create": "Made an API key",
  "api_key.delete": "Deleted an API key",
  "credential.create": "Stored a connection",
  "credential.change": "Changed a connection",
  "credential.delete": "Removed a connection",
  "credential.connect": "Connected by logging in",
  "credential.reconnect": "Logged in again for a connection",
  "connection.save": "Connected a service",
  "graph.create": "Made a graph",
  "graph.import": "Imported a graph",
  "graph.publish": "Published a graph",
  "graph.unpublish": "Took a graph out of service",
  "graph.delete": "Deleted a graph",
  "webhook.create": "Made a webhook",
  "webhook.rotate_secret": "Changed a webhook's secret",
  "webhook.delete": "Deleted a webhook",
  "schedule.create": "Made a schedule",
  "schedule.change": "Changed a schedule",
  "schedule.delete": "Deleted a schedule",
  "file.delete": "Deleted a file",
  "budget.set": "Set a budget",
  "budget.delete": "Removed a budget",
};

/** In words; one that is not known is taken apart: "webhook.test_fire" is "Webhook: test fire". */
export function actionInWords(action: string): string {
  const known = ACTIONS[action];
  if (known) return known;
  const [noun = "", verb = ""] = action.split(".");
  const said = `${noun}: ${verb}`.replaceAll("_", " ");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** What the log can be narrowed to: beginnings of actions. */
export const ACTION_GROUPS: readonly { value: string; label: string }[] = [
  { value: "all", label: "Everything" },
  { value: "auth.", label: "Logins" },
  { value: "auth.login_failed", label: "Failed logins" },
  { value: "user.", label: "People" },
  { value: "api_key.", label: "API keys" },
  { value: "credential.", label: "Connections" },
  { value: "connection.", label: "Connected services" },
  { value: "graph.", label: "Graphs" },
  { value: "webhook.", label: "Webhooks" },
  { value: "schedule.", label: "Schedules" },
  { value: "budget.", label: "Budgets" },
  { value: "file.", label: "Files" },
];

/** "email ed@example.com, role editor"; of a changed person "role editor → viewer". */
export function detailInWords(action: string, detail: Record<string, unknown>): string {
  const between = action === "user.change" ? " → " : " ";
  return Object.entries(detail)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${valueInWords(value, between)}`)
    .join(", ");
}

function valueInWords(value: unknown, between: string): string {
  return Array.isArray(value) ? value.map(plain).join(between) : plain(value);
}

function plain(value: unknown): string {
  if (value === null || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
