const line: string = require("fs").readFileSync(0, "utf8").trimEnd();
console.log("→ " + line);
