using LiveSupport.Api;

namespace LiveSupport.Tests.Edge;

public sealed class WelcomeTests
{
    [Theory]
    [InlineData("mira@example.com", "Mira")]
    [InlineData("mira.kos@example.com", "Mira Kos")]
    [InlineData("anne-marie_o@example.com", "Anne Marie O")]
    [InlineData("élodie@example.com", "Élodie")]
    public void The_first_administrator_has_a_name_to_show(string email, string name) => Assert.Equal(name, Welcome.NameIn(email));
}
