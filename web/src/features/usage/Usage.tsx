export function Page() {
  return <h1>Usage</h1>;
}
