import { readFileSync, writeFileSync } from "fs";
writeFileSync("/dev/stdout", readFileSync("/dev/stdin"));
