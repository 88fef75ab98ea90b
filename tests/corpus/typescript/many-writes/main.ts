import fs from "node:fs";
for (let i = 0; i < 20000; i++) fs.writeSync(1, i + "\n");
