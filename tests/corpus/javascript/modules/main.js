import { createRequire } from "node:module";
const md5 = createRequire(import.meta.url)("js-md5");
console.log(md5("abc"));
