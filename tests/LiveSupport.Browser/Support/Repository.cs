namespace LiveSupport.Browser.Support;

/// <summary>Where the sources stand, seen from the test's own folder.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Folder(string name) => Path.Combine(Root, name);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LiveSupport.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests run from inside the repository's artifacts folder.");
    }
}
