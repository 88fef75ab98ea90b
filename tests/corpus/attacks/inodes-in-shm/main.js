const fs = require("fs");
for (let n = 0; n < 10000; n++) fs.closeSync(fs.openSync(`/dev/shm/${n}`, "w"));
console.log("breached");
