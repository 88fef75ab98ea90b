import * as fs from "fs";
fs.writeFileSync("/tmp/planted.ts", "export const says: string = 'breached';");
