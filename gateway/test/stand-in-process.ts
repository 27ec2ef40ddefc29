/** A stand-in as a process of its own, which can be stopped and let go on: `node stand-in-process.ts <socket> <name>`. */
import { startStandIn } from './stand-in.ts'

const [, , socket = '', name = ''] = process.argv
const standIn = await startStandIn(socket)
standIn.handle = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ instance: name }))
}
process.stdout.write('ready\n')
