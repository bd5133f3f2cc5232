/** What the app must be told at run time; one build serves every environment. */
export interface Config {
  identity: {
    issuer: string;
    client_id: string;
    /** Origin of the hosted pages: /oauth2/authorize, /oauth2/token, /signup, /logout. */
    pages: string;
    /** Cognito's own API, for signing out everywhere. */
    api: string;
  };
}

export async function loadConfig(): Promise<Config> {
  const response = await fetch("/config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`/config.json answers ${response.status}`);
  return (await response.json()) as Config;
}
