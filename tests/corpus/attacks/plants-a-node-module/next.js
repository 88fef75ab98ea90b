try { require("fast-math"); } catch { console.log("nothing"); }
