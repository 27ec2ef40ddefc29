// The suite of load-tests/k6 with settings from the environment. The order matters: settings first. Without the suite's
// handleSummary, k6 prints its own.
import './settings.js'
export { options, setup, act } from '../../../load-tests/k6/main.ts'
