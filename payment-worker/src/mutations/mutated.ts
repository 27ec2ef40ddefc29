import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { oncePer } from '@paycluster/platform/mutations/mutation'
import type { Settings } from '../config.ts'
import type { Poster } from '../posting/post-batch.ts'
import { postTwice } from './post-twice.ts'
import { tellWrongStates } from './tell-wrong-states.ts'

/** The poster with the fault that the settings name, or as it is. */
export function mutated({ MUTATION, MUTATION_EVERY }: Settings, poster: Poster, ids: IdCodec): Poster {
  switch (MUTATION) {
    case 'post_twice':
      return postTwice(poster, ids, oncePer(MUTATION_EVERY))
    case 'tell_wrong_state':
      return tellWrongStates(poster, oncePer(MUTATION_EVERY))
    case undefined:
      return poster
  }
}
