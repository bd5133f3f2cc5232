import { createContext, useContext, type ReactNode } from "react";
import { AuthProvider, useAuth } from "react-oidc-context";
import type { UserManager } from "oidc-client-ts";
import { CALLBACK, createUserManager, profileOf } from "./auth";
import type { Config } from "./config";

interface Session {
  config: Config;
  manager: UserManager;
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ config, manager, children }: Session & { children: ReactNode }) {
  return (
    <SessionContext value={{ config, manager }}>
      <AuthProvider userManager={manager} skipSigninCallback={window.location.pathname !== CALLBACK}>
        {children}
      </AuthProvider>
    </SessionContext>
  );
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("There is no session around this component");
  return session;
}

/** Leads to the hosted pages, and back to this very place afterwards. */
export function useSignIn(): (options?: { signUp?: boolean; back?: string }) => Promise<void> {
  const { config, manager } = useSession();
  return ({ signUp = false, back = window.location.pathname + window.location.search + window.location.hash } = {}) => {
    const door = signUp ? createUserManager(config, "/signup") : manager;
    return door.signinRedirect({ state: { back } });
  };
}

/** Who is signed in; only where somebody is. */
export function useProfile(): { email: string; tier: string } {
  const { user } = useAuth();
  if (!user) throw new Error("Nobody is signed in");
  return profileOf(user);
}
