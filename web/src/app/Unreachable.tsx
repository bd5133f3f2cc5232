import { wordsFor } from "@/lib/problems";

/** Where not even the settings can be had: without the theme's components, which may be what is missing. */
export function Unreachable({ error }: { error: unknown }) {
  const { title, text } = wordsFor(error);
  return (
    <main className="unreachable" role="alert">
      <h1>{title}</h1>
      <p>{text}</p>
      <a href={window.location.href}>Try again</a>
    </main>
  );
}
