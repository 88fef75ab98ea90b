const fs = require("fs");
while (true) fs.writeSync(1, "x".repeat(1000));
