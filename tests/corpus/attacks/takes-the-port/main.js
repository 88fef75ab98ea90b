const { spawn } = require("child_process");
const code = "require('net').createServer().listen(4000, '127.0.0.1', () => process.send('up'))";
const child = spawn(process.execPath, ["-e", code], { detached: true, stdio: ["ignore", "ignore", "ignore", "ipc"] });
child.on("message", () => process.exit(0));
