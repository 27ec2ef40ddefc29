// The suite of load-tests/k6 with settings from the environment. The order matters: settings first.
import './settings.js'
export { options, setup, act, handleSummary } from '../../../load-tests/k6/main.ts'
