/** One virtual user: a client that behaves as the profile says. */
import type { Behaviour } from '../src/profiles/profile.ts'
import { createClient } from './client.ts'
import { createHistorian } from './historian.ts'
import { createJourney } from './journey.ts'
import { createShopper } from './shopper.ts'
import { createTurns } from './turns.ts'

const behaviours = { shopper: createShopper, journey: createJourney, historian: createHistorian }

/**
 * @param number  from 1, unique in the run
 * @returns takes one turn of the user: a request, then a pause
 */
export function createUser(number: number, behaviour: Behaviour): () => void {
  const client = createClient(number)
  const act = behaviours[behaviour](client, number)
  const beginTurn = createTurns()
  return () => {
    const mayBeLast = beginTurn()
    act()
    if (mayBeLast) client.flush()
  }
}
