import { useAuth } from "react-oidc-context";
import { Navigate } from "react-router";
import { useSignIn } from "@/lib/session";
import { useTitle } from "@/lib/title";
import { Lamp } from "@/lib/ui/Lamp";
import classes from "./Landing.module.css";

const STEPS = [
  ["Write", "A sentence or a page. A storyboard comes back at once, and planning is free."],
  ["Direct", "Change words, lengths and transitions. The price changes with them, before anything is spent."],
  ["Watch", "All scenes are filmed side by side; each card turns into its clip as it arrives."],
  ["Keep", "One MP4 with sound, captions and chapters. Re-film one scene and pay for that scene only."],
] as const;

/** What it is, in one look. */
export function Page() {
  useTitle("");
  const { isAuthenticated } = useAuth();
  const signIn = useSignIn();
  if (isAuthenticated) return <Navigate to="/create" replace />;
  return (
    <div className={classes.page}>
      <header className={classes.bar}>
        <span className={classes.brand}>
          <Lamp />
          OmniGen
        </span>
        <button type="button" className={classes.quiet} onClick={() => void signIn({ back: "/create" })}>
          Sign in
        </button>
      </header>
      <main className={classes.main}>
        <section className={classes.hero}>
          <h1>
            Write it.
            <br />
            Watch it.
          </h1>
          <p>OmniGen turns a written brief into a finished video: storyboard, footage, voice, music and captions, every cent counted before it is spent.</p>
          <div className={classes.calls}>
            <button type="button" className={classes.call} onClick={() => void signIn({ signUp: true, back: "/create" })}>
              Make a video
            </button>
            <button type="button" className={classes.quiet} onClick={() => void signIn({ back: "/create" })}>
              I have an account
            </button>
          </div>
        </section>
        <figure className={classes.sample}>
          <video src="/sample.mp4" poster="/sample.jpg" width={854} height={480} controls muted loop playsInline preload="metadata" aria-label="A sample: a lighthouse at dusk, a storm, the light" />
          <figcaption>“A lighthouse at dusk, a storm rolls in, the light comes on.” Made by OmniGen, start to end.</figcaption>
        </figure>
        <ol className={classes.steps}>
          {STEPS.map(([name, text]) => (
            <li key={name}>
              <h2>{name}</h2>
              <p>{text}</p>
            </li>
          ))}
        </ol>
      </main>
    </div>
  );
}
