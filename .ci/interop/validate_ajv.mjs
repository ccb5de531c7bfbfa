// Prints 1 or 0 for each line of a JSON Lines file: whether ajv finds it valid. Arguments: schema, file, and anything
// third for how long that takes in seconds, instead.
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";

const [schema, file, timed] = process.argv.slice(2);
const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schema, "utf8")));
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function valid(bytes) {
  try {
    return validate(JSON.parse(decoder.decode(bytes)));
  } catch {
    return false;
  }
}

function* lines(data) {
  for (let from = 0, to; from < data.length; from = to + 1) {
    to = data.indexOf(10, from);
    if (to < 0) to = data.length;
    yield data.subarray(from, to);
  }
}

const data = readFileSync(file);
const start = process.cpuUsage();
let verdicts = "";
let bad = 0;
for (const line of lines(data)) {
  const ok = valid(line);
  if (!timed) verdicts += ok ? "1" : "0";
  else if (!ok) bad++;
}
const used = process.cpuUsage(start);
console.log(timed ? JSON.stringify({ seconds: (used.user + used.system) / 1e6, bad }) : verdicts);
