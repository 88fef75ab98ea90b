import * as fs from "fs";
try {
    fs.unlinkSync(__filename);
    fs.writeFileSync(__filename, "console.log('breached')");
} catch (error) {
    console.log(String(error));
}
