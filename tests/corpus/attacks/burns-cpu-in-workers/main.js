const { Worker } = require("worker_threads");
const code = "while (process.cpuUsage().user < 1500000) {}";
let left = 2;
for (let n = 0; n < 2; n++) new Worker(code, { eval: true }).on("exit", () => --left || console.log("breached"));
