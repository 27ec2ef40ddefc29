/** How much of the variance a model explains: 1 all of it, 0 no more than the mean does. 1 when nothing varies and all fits. */
export function rSquared(observed: readonly number[], predicted: readonly number[]): number {
  const mean = observed.reduce((sum, value) => sum + value, 0) / observed.length
  const squares = (differences: readonly number[]): number => differences.reduce((sum, value) => sum + value ** 2, 0)
  const residual = squares(observed.map((value, index) => value - (predicted[index] ?? NaN)))
  const total = squares(observed.map((value) => value - mean))
  return residual === 0 ? 1 : 1 - residual / total
}
