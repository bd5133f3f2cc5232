import { useEffect } from "react";
import { useAuth } from "react-oidc-context";
import { useNavigate } from "react-router";
import { safeReturn } from "@/lib/auth";
import { useSession, useSignIn } from "@/lib/session";
import { useTitle } from "@/lib/title";
import pill from "@/lib/ui/Pill.module.css";
import { Standstill } from "./Standstill";
import { Waiting } from "./Waiting";

/** Where the hosted pages send people back to. */
export function AfterSignIn() {
  useTitle("Signing in");
  const { user, error, isLoading } = useAuth();
  const navigate = useNavigate();
  const signIn = useSignIn();

  const { manager } = useSession();

  useEffect(() => {
    if (user) void navigate(safeReturn(user.state), { replace: true });
    // Somebody who is signed in, and came to this page by the back button: its code has been used.
    else if (error) void manager.getUser().then((known) => known && navigate("/create", { replace: true }));
  }, [user, error, manager, navigate]);

  if (isLoading || user) return <Waiting />;
  const why = error ? "It was interrupted, or has taken too long." : "There is no sign-in under way in this tab.";
  return (
    <Standstill title="Signing in didn't work" text={`${why} Nothing is lost; begin again.`} alert>
      <button type="button" className={pill.call} onClick={() => void signIn({ back: "/create" })}>
        Sign in
      </button>
    </Standstill>
  );
}
