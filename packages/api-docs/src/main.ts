/** `node packages/api-docs/dist/main.js <folder>`: for the gateway's image. */
import { writeDocs } from './write-docs.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: main.js <folder>')
writeDocs(folder)
