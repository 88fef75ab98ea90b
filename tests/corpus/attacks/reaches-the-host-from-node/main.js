const socket = require("net").connect(Number(process.argv[2]), "127.0.0.1");
socket.on("data", (data) => console.log(data.toString())).on("error", (error) => console.log(error.code));
