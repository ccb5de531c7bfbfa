// Checks a JSON Lines file with ajv as programs for Node do it: readline, JSON.parse, validate. Prints how many lines
// are bad. Arguments: schema, file.
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import Ajv from "ajv/dist/2020.js";

const [schema, file] = process.argv.slice(2);
const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schema, "utf8")));
let bad = 0;
for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
  try {
    if (!validate(JSON.parse(line))) bad++;
  } catch {
    bad++;
  }
}
console.log(bad);
