import { Button, Loader, Stack, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { useAuth } from "react-oidc-context";
import { useNavigate } from "react-router";
import { safeReturn } from "@/lib/auth";
import { useSignIn } from "@/lib/session";
import { useTitle } from "@/lib/title";

/** Where the hosted pages send people back to. */
export function AfterSignIn() {
  useTitle("Signing in");
  const { user, error, isLoading } = useAuth();
  const navigate = useNavigate();
  const signIn = useSignIn();

  useEffect(() => {
    if (user) void navigate(safeReturn(user.state), { replace: true });
  }, [user, navigate]);

  if (isLoading || user) return <Loader aria-label="Signing in" m="xl" />;
  return (
    <Stack component="main" role="alert" align="center" justify="center" mih="100dvh" p="xl" ta="center">
      <Title order={1} size="h2">
        Signing in didn't work
      </Title>
      <Text c="dimmed" maw={460}>
        {error ? "The sign-in was interrupted or has taken too long." : "There is no sign-in under way in this tab."} Nothing is lost; begin again.
      </Text>
      <Button onClick={() => void signIn({ back: "/create" })}>Sign in</Button>
    </Stack>
  );
}
