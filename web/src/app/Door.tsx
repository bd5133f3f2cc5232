import { useLayoutEffect, type ReactNode } from "react";
import { useAuth } from "react-oidc-context";
import { connectTokens, tokensOf } from "@/lib/api";
import { useSession, useSignIn } from "@/lib/session";
import { SignedOut } from "./SignedOut";
import { Waiting } from "./Waiting";

/** Lets in who is signed in; an expired session is renewed silently, or leads to the hosted pages and back here. */
export function Door({ children }: { children: ReactNode }) {
  const auth = useAuth();
  const { manager } = useSession();
  const signIn = useSignIn();
  const { isLoading, isAuthenticated, activeNavigator } = auth;

  // Before any effect of the rooms inside, which ask at once: without a token the first answer after a reload would be 401.
  useLayoutEffect(() => {
    connectTokens(tokensOf(manager), () => void manager.removeUser());
  }, [manager]);

  if (isAuthenticated) return children;
  if (isLoading || activeNavigator !== undefined) return <Waiting />;
  return <SignedOut signIn={() => void signIn()} signUp={() => void signIn({ signUp: true })} />;
}
