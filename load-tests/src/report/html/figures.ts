/** Numbers as people read them. Pure. */

const MIB = 1024 * 1024
const GIB = 1024 * MIB

/** Three digits that matter: 1.87 ms, 20.1 ms, 173 ms. */
export const milliseconds = (ms: number): string =>
  ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US')

export const megabytes = (bytes: number): string => (bytes / MIB).toFixed(0)

export const gigabytes = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
