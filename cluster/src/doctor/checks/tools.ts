import { existsSync } from 'node:fs'
import { installCommand, missingTools } from '../../install/system-tools.ts'
import { jarsFolder, kafkaVersion } from '../../kafka/broker-files.ts'
import { packagedServer } from '../../postgres/server-files.ts'
import { fault, ok, warning, type Check } from '../check.ts'

/** Programs of the system, the broker's jars and PostgreSQL's package. */
export const toolsCheck: Check = {
  name: 'tools',
  needs: 'nothing',
  run: async ({ layout }) => {
    const missing = await missingTools(layout)
    const jars = jarsFolder(layout)
    return [
      missing.length === 0
        ? ok('system tools', 'redis-server, nginx, openssl and java are there')
        : fault('system tools', `missing: ${missing.map((tool) => tool.name).join(', ')}`, installCommand(missing)),
      existsSync(jars)
        ? ok('Kafka', `${kafkaVersion()} in ${jars}`)
        : warning('Kafka', `${kafkaVersion()} is not downloaded yet`, 'npm start downloads it'),
      ok('PostgreSQL', `${packagedServer().version} from npm`),
      ok('Node', process.versions.node),
    ]
  },
}
