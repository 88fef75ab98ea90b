import * as fs from "fs";
fs.writeFileSync("/tmp/planted.ts", "breached");
