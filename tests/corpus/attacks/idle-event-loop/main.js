process.stdin.destroy();
setTimeout(() => console.log("breached"), 2500);
