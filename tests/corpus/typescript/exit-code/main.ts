console.log("before");
console.error("sorry");
process.exitCode = 3;
