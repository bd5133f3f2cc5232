import { Button, Stack } from "@mantine/core";
import { isRouteErrorResponse, Link, useRouteError } from "react-router";
import { Notice } from "@/lib/ui/Notice";
import { Nowhere } from "./Nowhere";

/** A page that failed while it was drawn, or whose code could not be loaded (a new version was delivered meanwhile). */
export function Broken() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <Nowhere />;
  return (
    <Stack component="main" p="xl" maw={640} mx="auto">
      <Notice error={error} retry={() => window.location.reload()}>
        <Button size="xs" variant="subtle" component={Link} to="/library">
          To the library
        </Button>
      </Notice>
    </Stack>
  );
}
