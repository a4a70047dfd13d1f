// Node-RED as it comes, without its editor, without what it tells of itself, with a clock for flows.
module.exports = {
  uiHost: "127.0.0.1",
  httpAdminRoot: false,
  telemetry: { enabled: false, updateNotification: false },
  logging: { console: { level: "warn", metrics: false, audit: false } },
  functionGlobalContext: { now: () => performance.now() },
};
