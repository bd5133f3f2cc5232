export function Page() {
  return <h1>JobPage</h1>;
}
