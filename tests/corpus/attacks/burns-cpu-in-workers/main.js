const { Worker } = require("worker_threads");
const code = "for (let used = 0; used < 1.2e6;) { for (let n = 0; n < 1e6; n++); const u = process.cpuUsage(); used = u.user + u.system; }";
let left = 2;
for (let n = 0; n < 2; n++) new Worker(code, { eval: true }).on("exit", () => --left || console.log("breached"));
