// node bundle.js FOLDER FILE...: write FILEs (tsc's libraries, in the order in which it reads them) into FOLDER without
// comments, and as few as can be: those that are modules stay files of their own, which the one of all others names.
const fs = require("fs");
const path = require("path");

const [folder, ...files] = process.argv.slice(2);
const uncommented = (text) => text.replace(/\/\*[^]*?\*\/|("(?:[^"\\\n]|\\.)*")|\/\/.*$/gm, (_, string) => string ?? "");
let whole = "";
let references = "";
for (const file of files) {
    const text = uncommented(fs.readFileSync(file, "utf8")).replace(/^\s+/gm, "");
    if (/^(export|import)\b/m.test(text)) {
        fs.writeFileSync(path.join(folder, path.basename(file)), text);
        references += `/// <reference lib="${path.basename(file).slice("lib.".length, -".d.ts".length)}" />\n`;
    } else {
        whole += text;
    }
}
fs.writeFileSync(path.join(folder, "lib.esnext.d.ts"), references + whole);
fs.writeFileSync(path.join(folder, "lib.d.ts"), "");  // tsc looks for it, to see where it is itself
