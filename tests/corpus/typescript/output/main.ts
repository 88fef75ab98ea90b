import * as fs from "fs";
while (true) fs.writeSync(1, "x".repeat(1000));
