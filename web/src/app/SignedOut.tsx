import { useTitle } from "@/lib/title";
import pill from "@/lib/ui/Pill.module.css";
import { Standstill } from "./Standstill";

export function SignedOut({ signIn, signUp }: { signIn: () => void; signUp: () => void }) {
  useTitle("Signed out");
  return (
    <Standstill title="You are signed out" text="Sign in and you come back to this very place. Videos in the making go on without you.">
      <button type="button" className={pill.call} onClick={signIn}>
        Sign in
      </button>
      <button type="button" className={pill.quiet} onClick={signUp}>
        Create an account
      </button>
    </Standstill>
  );
}
