import './large-messages.ts'
import './killed-nodes.ts'
