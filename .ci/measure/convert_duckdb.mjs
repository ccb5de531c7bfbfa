// Writes what a query gives as JSON: query, file to write, threads. Prints [seconds, CPU seconds] of that alone. The library
// is that of the folder it is run in.
import { createRequire } from 'node:module'

const { DuckDBInstance } = createRequire(process.cwd() + '/')('@duckdb/node-api')
const [query, out, threads] = process.argv.slice(2)
const instance = await DuckDBInstance.create(':memory:', { threads })
const connection = await instance.connect()
const used = process.cpuUsage()
const start = process.hrtime.bigint()
await connection.run(`COPY (${query}) TO '${out}' (FORMAT json)`)
const seconds = Number(process.hrtime.bigint() - start) / 1e9
const cpu = process.cpuUsage(used)
console.log(JSON.stringify([seconds, (cpu.user + cpu.system) / 1e6]))
