const fs = require("fs");
fs.mkdirSync("/tmp/.node_modules/fast-math", { recursive: true });
fs.writeFileSync("/tmp/.node_modules/fast-math/index.js", "console.log('breached')");
