/** What @types/k6 leaves to the DOM's types, of which k6 has nothing else. */
declare namespace console {
  function log(line: string): void
}
