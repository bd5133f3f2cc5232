export function Page() {
  return <h1>Account</h1>;
}
