import { describe, expect, it } from '@jest/globals'
import { KNOWN_CALIBRATION_MS, KNOWN_LAW, knownCluster } from '../test/known-cluster.ts'
import { crossValidate, MAX_KNEE_ERROR } from './cross-validation.ts'
import { atCalibration } from './fit-sweep.ts'
import { throughputAt } from './usl.ts'

describe('the validation of the model', () => {
  it('predicts each level of a cluster that follows the law, by fits that did not see it', () => {
    const { predictions, kneeError, isPassed } = crossValidate(knownCluster().levels)
    for (const { perS, responseMs, cores } of predictions) {
      expect(Math.abs(perS.error)).toBeLessThan(0.001)
      expect(Math.abs(responseMs.error)).toBeLessThan(0.001)
      expect(Math.abs(cores.error)).toBeLessThan(0.001)
    }
    expect(kneeError).toBeLessThan(0.001)
    expect(isPassed).toBe(true)
  })

  it('finds the knee: the first level near the highest throughput', () => {
    const knees = crossValidate(knownCluster().levels).predictions.filter(({ isKnee }) => isKnee)
    expect(knees.map(({ users }) => users)).toEqual([64])
    expect(throughputAt(KNOWN_LAW, 32)).toBeLessThan(0.9 * throughputAt(KNOWN_LAW, 256))
  })

  it('does not let a level vouch for itself: one that is off by half is told as off by half', () => {
    const { predictions, kneeError, isPassed } = crossValidate(knownCluster((users) => (users === 64 ? 1.5 : 1)).levels)
    const knee = predictions.find(({ isKnee }) => isKnee)
    expect(knee?.users).toBe(64)
    expect(knee?.perS.error).toBeCloseTo(1 / 1.5 - 1, 2)
    expect(kneeError).toBeGreaterThan(MAX_KNEE_ERROR)
    expect(isPassed).toBe(false)
  })

  it('knows a slow machine by its calibration, and takes it for no effect of the load', () => {
    const levels = knownCluster().levels.map((level, index) => {
      const slower = level.thinkS === 0 && index % 3 === 0 ? 2 : 1
      const workMs = KNOWN_CALIBRATION_MS * slower
      return {
        ...atCalibration(level, KNOWN_CALIBRATION_MS * slower),
        calibration: { before: { workMs }, after: { workMs } },
      }
    })
    for (const { perS, responseMs } of crossValidate(levels).predictions) {
      expect(Math.abs(perS.error)).toBeLessThan(0.001)
      expect(Math.abs(responseMs.error)).toBeLessThan(0.001)
    }
  })

  it('leaves out what others on the machine have disturbed', () => {
    const levels = knownCluster((users) => (users === 128 ? 0.5 : 1)).levels.map((level) =>
      level.users === 128 ? { ...level, usage: { ...level.usage, otherCores: 0.6 } } : level,
    )
    const { predictions } = crossValidate(levels)
    expect(predictions.map(({ users }) => users)).not.toContain(128)
    for (const { perS } of predictions) expect(Math.abs(perS.error)).toBeLessThan(0.001)
  })

  it('never fits to levels with think time', () => {
    const { predictions } = crossValidate(knownCluster((_users, thinkS) => (thinkS > 0 ? 0.5 : 1)).levels)
    for (const { thinkS, perS } of predictions) expect(perS.error).toBeCloseTo(thinkS > 0 ? 1 : 0, 2)
  })

  it('refuses a sweep of which half is too little to be fitted', () => {
    expect(() => crossValidate(knownCluster().levels.slice(0, 7))).toThrow('at least 4 different levels')
  })
})
