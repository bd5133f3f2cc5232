import { useAuth } from "react-oidc-context";
import { Navigate } from "react-router";
import { useSignIn } from "@/lib/session";
import { useTitle } from "@/lib/title";
import { Lamp } from "@/lib/ui/Lamp";
import pill from "@/lib/ui/Pill.module.css";
import classes from "./Landing.module.css";
import { Sample } from "./Sample";

const STEPS = [
  ["Write", "A sentence or a page. A storyboard comes back at once, and planning it is free."],
  ["Direct", "Change words, lengths, order and transitions. The price follows as you type."],
  ["Watch", "All scenes are filmed side by side. Each card turns into its clip as it arrives."],
  ["Keep", "One MP4 with sound, captions and chapters, and every clip it is made of."],
] as const;

const PROMISES = [
  ["Re-film one scene", "Two scenes are right and one is not? Film that one again and pay for that one. The others stay as they are, to the frame."],
  ["Picks up where it broke", "A provider fails, a server restarts, your train enters a tunnel: what is filmed stays filmed, and the rest goes on."],
  ["Nothing is paid twice", "Every take is written down before it is ordered. A lost answer is looked up, never ordered again. What fails costs nothing."],
] as const;

/** What it is, in one look. */
export function Page() {
  useTitle("");
  const { isAuthenticated } = useAuth();
  const signIn = useSignIn();
  if (isAuthenticated) return <Navigate to="/create" replace />;
  const begin = (signUp: boolean) => () => void signIn({ signUp, back: "/create" });
  return (
    <div className={classes.page}>
      <header className={classes.bar}>
        <span className={classes.brand}>
          <Lamp />
          OmniGen
        </span>
        <button type="button" className={`${pill.quiet} ${pill.small}`} onClick={begin(false)}>
          Sign in
        </button>
      </header>
      <main className={classes.main}>
        <div className={classes.hero}>
          <h1>
            Write it. <span>Watch it.</span>
          </h1>
          <p className={classes.lead}>OmniGen turns a few words into a finished video: storyboard, footage, voice, music and captions.</p>
          <div className={classes.calls}>
            <button type="button" className={pill.call} onClick={begin(true)}>
              Make a video
            </button>
            <button type="button" className={pill.quiet} onClick={begin(false)}>
              I have an account
            </button>
          </div>
          <p className={classes.promise}>You see the most it can cost before anything is spent.</p>
        </div>
        <Sample />
      </main>
      <section className={classes.band} aria-labelledby="how">
        <h2 id="how">From words to film</h2>
        <ol className={classes.steps}>
          {STEPS.map(([name, text]) => (
            <li key={name}>
              <h3>{name}</h3>
              <p>{text}</p>
            </li>
          ))}
        </ol>
      </section>
      <section className={classes.band} aria-labelledby="why">
        <h2 id="why">Your film, not a slot machine</h2>
        <ul className={classes.promises}>
          {PROMISES.map(([name, text]) => (
            <li key={name}>
              <h3>{name}</h3>
              <p>{text}</p>
            </li>
          ))}
        </ul>
      </section>
      <section className={classes.last} aria-labelledby="begin">
        <Lamp size={48} />
        <h2 id="begin">What would you like to see?</h2>
        <button type="button" className={pill.call} onClick={begin(true)}>
          Make a video
        </button>
      </section>
    </div>
  );
}
