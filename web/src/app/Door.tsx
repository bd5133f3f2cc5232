import { useEffect, useState, type ReactNode } from "react";
import { useAuth } from "react-oidc-context";
import { useSignIn } from "@/lib/session";
import { accessToken } from "@/lib/tokens";
import { SignedOut } from "./SignedOut";
import { Unreachable } from "./Unreachable";
import { Waiting } from "./Waiting";

/** Lets in who is signed in; an expired session is renewed silently, or leads to the hosted pages and back here. */
export function Door({ children }: { children: ReactNode }) {
  const { isLoading, isAuthenticated, user } = useAuth();
  const [failed, setFailed] = useState<unknown>(null);
  const signIn = useSignIn();
  const expired = !isLoading && !isAuthenticated && Boolean(user);

  useEffect(() => {
    // A new token, or no user any more: either way this is drawn anew.
    if (expired) accessToken().catch(setFailed);
  }, [expired]);

  if (isAuthenticated) return children;
  if (failed !== null) return <Unreachable error={failed} />;
  if (isLoading || expired) return <Waiting />;
  return <SignedOut signIn={() => void signIn()} signUp={() => void signIn({ signUp: true })} />;
}
