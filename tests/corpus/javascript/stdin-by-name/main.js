const fs = require("fs");
fs.writeFileSync("/dev/stdout", fs.readFileSync("/dev/stdin"));
