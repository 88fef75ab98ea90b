import * as fs from "fs";
console.log(fs.existsSync("/tmp/planted.ts") ? fs.readFileSync("/tmp/planted.ts", "utf8") : "nothing");
